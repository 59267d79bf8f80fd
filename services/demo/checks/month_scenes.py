"""Month scenes: what one month under a city's notice must have led to.

In:   the books, through `scene.BooksReader`
Out:  Scene
"""
